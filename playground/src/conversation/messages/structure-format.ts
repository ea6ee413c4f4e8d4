import type { MessageView } from '@pullcord/client';

export type Structure = Extract<MessageView['message'], { readonly kind: 'project_structure' }>['data'];
export type Tree = Extract<Structure, { readonly structure_type: 'tree' }>['content'];

/** A project's structure as lines of text. Pure. */
export function structureText(structure: Structure): string {
  switch (structure.structure_type) {
    case 'tree':
      return treeLines(structure.content, '').join('\n');
    case 'file_list':
      return structure.content.map(({ path }) => path).join('\n');
    case 'dependencies':
      return structure.content.map(({ name, version }) => (version ? `${name} ${version}` : name)).join('\n');
    default:
      return JSON.stringify(structure satisfies never);
  }
}

function treeLines({ name, type, children = [] }: Tree, indent: string): string[] {
  const line = `${indent}${name}${type === 'directory' ? '/' : ''}`;
  return [line, ...children.flatMap((child) => treeLines(child, `${indent}  `))];
}
