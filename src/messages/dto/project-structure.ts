import {
  Choice,
  Component,
  Flag,
  Int,
  Nested,
  NestedList,
  taggedUnion,
  Text,
  TextList,
  Timestamp,
} from '../../http/fields.js';
import type * as kinds from '../payload-kinds.js';
import { maxName, maxPath, printable } from './limits.js';

const maxEntries = 5_000;

@Component({ about: 'A directory or a file.' })
export class TreeNode implements kinds.TreeNode {
  @Text({ ...printable, about: 'Name in its directory.', min: 1, max: maxPath, example: 'main.ts' })
  readonly name!: string;

  @Choice({ about: 'What it is.', values: ['directory', 'file'], example: 'file' })
  readonly type!: 'directory' | 'file';

  @Int({ about: 'Size of a file.', min: 0, optional: true, example: 2048 })
  readonly size_bytes?: number;

  @NestedList(() => TreeNode, { about: 'What a directory holds.', maxItems: maxEntries, optional: true })
  readonly children?: readonly TreeNode[];
}

@Component({ about: 'A file of a list.' })
export class ListedFile implements kinds.ListedFile {
  @Text({ ...printable, about: 'Path below the root.', min: 1, max: maxPath, example: 'src/main.ts' })
  readonly path!: string;

  @Int({ about: 'Size of the file.', min: 0, optional: true, example: 2048 })
  readonly size_bytes?: number;
}

@Component({ about: 'A package that a project needs.' })
export class Dependency implements kinds.Dependency {
  @Text({ ...printable, about: 'Name of the package.', min: 1, max: maxName, example: 'rxjs' })
  readonly name!: string;

  @Text({ ...printable, about: 'Version or range.', max: maxName, optional: true, example: '^7.8.0' })
  readonly version?: string;

  @Flag({ about: 'Whether it is needed for development alone.', optional: true, example: false })
  readonly is_development?: boolean;
}

class ProjectStructure {
  @Text({ ...printable, about: 'Path of the root.', min: 1, max: maxPath, example: '/work/app' })
  readonly root_path!: string;

  @Timestamp({ about: 'When the project was looked at.' })
  readonly generated_at!: string;

  @TextList({
    about: 'Patterns of what was left out.',
    maxItems: 200,
    max: 1_000,
    example: ['node_modules/**'],
  })
  readonly excluded_patterns!: readonly string[];
}

@Component({ about: 'A project as a tree of directories.' })
export class TreeStructure extends ProjectStructure {
  @Choice({ about: 'A tree of directories.', values: ['tree'] })
  readonly structure_type!: 'tree';

  @Nested(() => TreeNode, { about: 'The root directory.' })
  readonly content!: TreeNode;
}

@Component({ about: 'A project as a list of files.' })
export class FileListStructure extends ProjectStructure {
  @Choice({ about: 'A flat list of files.', values: ['file_list'] })
  readonly structure_type!: 'file_list';

  @NestedList(() => ListedFile, { about: 'The files.', maxItems: maxEntries })
  readonly content!: readonly ListedFile[];
}

@Component({ about: 'A project’s dependencies.' })
export class DependenciesStructure extends ProjectStructure {
  @Choice({ about: 'What the project depends on.', values: ['dependencies'] })
  readonly structure_type!: 'dependencies';

  @NestedList(() => Dependency, { about: 'The packages.', maxItems: maxEntries })
  readonly content!: readonly Dependency[];
}

const structures = {
  tree: TreeStructure,
  file_list: FileListStructure,
  dependencies: DependenciesStructure,
} satisfies { readonly [Type in (typeof kinds.structureTypes)[number]]: unknown };

export const ProjectStructureData = taggedUnion('ProjectStructureData', 'structure_type', structures, {
  about: 'What a project is made of; `structure_type` says in which form.',
});
