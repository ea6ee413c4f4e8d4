import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { CodeBlock } from '../markdown/code-block.js';
import { structureText } from './structure-format.js';
import styles from './note-kinds.module.css';

type Message = MessageView['message'];
type Data<Kind extends Message['kind']> = Extract<Message, { readonly kind: Kind }>['data'];

export function FileReference({ data }: { readonly data: Data<'file_reference'> }): ReactNode {
  const lines = data.line_range ? `lines ${data.line_range[0]} to ${data.line_range[1]}` : undefined;
  const size = data.file && `${data.file.size_bytes.toLocaleString()} bytes`;
  return (
    <Fold title={data.path ?? 'File'} note={lines ?? size}>
      {data.resolution_error && <p className={styles.problem}>{data.resolution_error}</p>}
      {data.resolved_content !== undefined && <CodeBlock code={data.resolved_content} />}
      {!data.resolution_error && data.resolved_content === undefined && (
        <p className={styles.note}>
          What the model read of it stands in a message behind this one, or is still to come.
        </p>
      )}
    </Fold>
  );
}

const structures = { tree: 'Tree of', file_list: 'Files in', dependencies: 'Dependencies of' } as const;

export const ProjectStructure = ({ data }: { readonly data: Data<'project_structure'> }): ReactNode => (
  <Fold title={`${structures[data.structure_type]} ${data.root_path}`}>
    <CodeBlock code={structureText(data)} />
  </Fold>
);

export const McpResource = ({ data }: { readonly data: Data<'mcp_resource'> }): ReactNode => (
  <Fold title={data.resource_uri} note={data.server_name}>
    {data.content === undefined ? (
      <p className={styles.note}>It is fetched when the message is answered.</p>
    ) : (
      <CodeBlock code={data.content} language={data.mime_type} />
    )}
  </Fold>
);
