import type { ReactNode } from 'react';
import { CodeBlock } from '../markdown/code-block.js';
import { Markdown } from '../markdown/markdown.js';
import { ToolCalls } from '../tools/tool-calls.js';
import { ToolResult } from '../tools/tool-result.js';
import { Answer } from './answer.js';
import { FileReference, McpResource, ProjectStructure } from './file-kinds.js';
import { ImageBody } from './image-body.js';
import type { Entry } from './map-to-entries.js';
import { LongText } from './long-text.js';
import { Processing, Summary, SystemControl, Unknown } from './note-kinds.js';
import { Workflow } from './workflow.js';

/** What a message holds, by its kind; one that this page does not know by what it says of itself. */
export function MessageBody({ entry }: { readonly entry: Entry }): ReactNode {
  const { message } = entry.view;
  switch (message.kind) {
    case 'text':
      return <Text role={message.role} data={message.data} />;
    case 'streaming_response':
      return <Answer view={entry.view} message={message} />;
    case 'tool_request':
    case 'mcp_tool_request':
      return <ToolCalls entry={entry} />;
    case 'tool_result':
    case 'mcp_tool_result':
      return <ToolResult message={message} />;
    case 'image':
      return <ImageBody data={message.data} />;
    case 'file_reference':
      return <FileReference data={message.data} />;
    case 'project_structure':
      return <ProjectStructure data={message.data} />;
    case 'mcp_resource':
      return <McpResource data={message.data} />;
    case 'workflow_execution':
      return <Workflow data={message.data} />;
    case 'summary':
      return <Summary data={message.data} />;
    case 'processing':
      return <Processing data={message.data} isOver={message.status !== 'streaming'} />;
    case 'system_control':
      return <SystemControl data={message.data} />;
    default:
      return <Unknown message={message} />;
  }
}

type TextMessage = Extract<Entry['view']['message'], { readonly kind: 'text' }>;

/** People write plain text unless they say otherwise, everybody else Markdown. */
function Text({ role, data }: Pick<TextMessage, 'role' | 'data'>): ReactNode {
  const text = data.display_text ?? data.content;
  const code = data.formatting?.code_block;
  if (code) return <CodeBlock code={text} language={code.language} />;
  if (data.formatting?.markdown ?? role !== 'user') return <Markdown text={text} />;
  return <LongText text={text} />;
}
