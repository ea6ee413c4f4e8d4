import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { JsonView } from '../json-view.js';

/** Calls that the model is still writing: their names come with the request that follows. */
export const PreparedCalls = ({
  argumentsById,
}: {
  readonly argumentsById: MessageView['toolArguments'];
}): ReactNode =>
  Object.entries(argumentsById).map(([id, written]) => (
    <Fold key={id} title="A call of a tool" note="being written…">
      <JsonView label="Arguments so far" value={written} />
    </Fold>
  ));
