import type { DataOfKind, KnownPayload, ProjectStructureData, TreeNode } from '../message-kinds.js';

type Block = Extract<
  KnownPayload,
  { kind: 'file_reference' | 'project_structure' | 'mcp_resource' | 'workflow_execution' }
>;

/** What a model is sent of something that is no talk: a line that names it, and its content in a fence. Pure. */
export function mapToBlock({ kind, data }: Block): string {
  switch (kind) {
    case 'file_reference':
      return fileBlock(data);
    case 'project_structure':
      return `${structureTitles[data.structure_type]} ${oneLine(data.root_path)}:\n${fence(structureText(data))}`;
    case 'mcp_resource':
      return resourceBlock(data);
    case 'workflow_execution':
      return workflowText(data);
    default:
      return kind satisfies never;
  }
}

/** A text that comes from outside, fit to stand in a sentence: without line breaks it cannot pass for another line. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** A Markdown code block whose fence is longer than any run of backticks inside (CommonMark §4.5). */
export function fence(content: string, language = ''): string {
  let longest = 2;
  for (const [run] of content.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${content}${content.endsWith('\n') ? '' : '\n'}${mark}`;
}

function fileBlock({
  path,
  line_range,
  resolved_content,
  resolution_error,
}: DataOfKind['file_reference']): string {
  const lines = line_range ? `, lines ${line_range[0]} to ${line_range[1]}` : '';
  const name = `File ${oneLine(path)}${lines}`;
  if (resolved_content === undefined)
    return `${name} (not read${resolution_error ? `: ${oneLine(resolution_error)}` : ''})`;
  const [, language = ''] = /\.([A-Za-z0-9]{1,10})$/.exec(path) ?? [];
  return `${name}:\n${fence(resolved_content, language)}`;
}

function resourceBlock({ resource_uri, server_name, content }: DataOfKind['mcp_resource']): string {
  const name = `Resource ${oneLine(resource_uri)} from ${oneLine(server_name)}`;
  return content === undefined ? `${name} (not read)` : `${name}:\n${fence(content)}`;
}

const structureTitles = {
  tree: 'Directories of',
  file_list: 'Files of',
  dependencies: 'Dependencies of',
} as const;

function structureText(data: ProjectStructureData): string {
  switch (data.structure_type) {
    case 'tree':
      return treeLines(data.content, '').join('\n');
    case 'file_list':
      return data.content.map(({ path }) => oneLine(path)).join('\n');
    case 'dependencies':
      return data.content.map(({ name, version = '' }) => oneLine(`${name} ${version}`).trim()).join('\n');
    default:
      return data satisfies never;
  }
}

const treeLines = ({ name, type, children = [] }: TreeNode, indent: string): string[] => [
  `${indent}${oneLine(name)}${type === 'directory' ? '/' : ''}`,
  ...children.flatMap((child) => treeLines(child, `${indent}  `)),
];

function workflowText(data: DataOfKind['workflow_execution']): string {
  const { workflow_name, workflow_status, completed_steps, total_steps, result, error } = data;
  const head = `Workflow ${oneLine(workflow_name)}: ${workflow_status}, ${completed_steps} of ${total_steps} steps done.`;
  const outcome = typeof result === 'string' ? result : JSON.stringify(result ?? '');
  const isThere = result !== undefined && result !== null;
  return [head, ...(error ? [`Error: ${error}`] : []), ...(isThere ? [`Result: ${outcome}`] : [])].join('\n');
}
