import { ToolError } from '../tool-source.js';
import { shownPath } from './relative-path.js';

/** Why a file cannot be had, told to the model by the path that it gave, and by no other. */
export const notAllowed = (path: string): ToolError =>
  new ToolError('path_not_allowed', `${shownPath(path)} leads out of the workspace.`);

export const wrongKind = (wanted: 'file' | 'folder', path: string): ToolError =>
  wanted === 'file'
    ? new ToolError('not_a_file', `${shownPath(path)} is not a regular file.`)
    : new ToolError('not_a_folder', `${shownPath(path)} is not a folder.`);

export const tooLarge = (path: string, maxBytes: number): ToolError =>
  new ToolError('file_too_large', `${shownPath(path)} is larger than ${maxBytes} bytes.`);

const problems: Readonly<Record<string, readonly [code: string, says: string]>> = {
  ENOENT: ['not_found', 'does not exist; list the folder to see what does'],
  ENOTDIR: ['not_found', 'does not exist; a name on the way is no folder'],
  ELOOP: ['path_not_allowed', 'is a link that leads nowhere'],
  ENAMETOOLONG: ['path_not_allowed', 'is too long'],
  EACCES: ['not_permitted', 'may not be opened by the server'],
  EPERM: ['not_permitted', 'may not be opened by the server'],
  EROFS: ['not_permitted', 'is on a disk that cannot be written'],
  ENOSPC: ['disk_full', 'could not be written: the disk is full'],
};

/** What the file system says, without its words, which hold paths of the server. */
export function fileProblem(error: unknown, path: string): ToolError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [code, says] = problems[errno] ?? ['file_unreadable', 'could not be opened'];
  return new ToolError(code, `${shownPath(path)} ${says}.`);
}

/** Whether the file system gave this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
