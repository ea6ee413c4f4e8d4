import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { JsonView } from '../json-view.js';
import styles from './tools.module.css';

type ResultMessage = Extract<MessageView['message'], { readonly kind: 'tool_result' | 'mcp_tool_result' }>;

/** A result whose call is not among the messages that are loaded. */
export const ToolResult = ({ message: { data } }: { readonly message: ResultMessage }): ReactNode => (
  <Fold title={data.tool_name} note={data.execution_status}>
    {data.error ? (
      <p className={styles.error}>{data.error.message}</p>
    ) : (
      <JsonView label="Result" value={data.result} />
    )}
  </Fold>
);
