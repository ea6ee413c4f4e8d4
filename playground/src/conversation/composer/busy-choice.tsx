import type { ReactNode } from 'react';

/** What becomes of a message that is written while an answer is under way. */
export type OnBusy = 'queue' | 'interrupt';

interface BusyChoiceProps {
  readonly value: OnBusy;
  readonly onChoose: (value: OnBusy) => void;
}

export const BusyChoice = ({ value, onChoose }: BusyChoiceProps): ReactNode => (
  <select
    className="field"
    aria-label="While the answer is under way"
    value={value}
    onChange={(event) => onChoose(event.target.value === 'interrupt' ? 'interrupt' : 'queue')}
  >
    <option value="queue">After this answer</option>
    <option value="interrupt">Interrupt it</option>
  </select>
);
