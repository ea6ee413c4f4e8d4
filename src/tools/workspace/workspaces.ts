import { realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ToolError } from '../tool-source.js';
import { isWithin } from './is-within.js';
import { Workspace } from './workspace.js';

/** The folders that contexts may work in: those inside PULLCORD_WORKSPACE_ROOTS, wherever links lead. */
@Injectable()
export class Workspaces {
  constructor(private readonly settings: Settings) {}

  /** Whether the folder is there and may be a workspace. */
  async isAllowed(folder: string): Promise<boolean> {
    return (await this.resolve(folder)) !== undefined;
  }

  /** Looked at anew for each use: a folder may have become a link since. Throws `workspace_not_allowed`. */
  async open(folder: string): Promise<Workspace> {
    const real = await this.resolve(folder);
    if (real === undefined)
      throw new ToolError('workspace_not_allowed', 'The workspace of this context is gone or not allowed.');
    return new Workspace(real, this.settings.fileMaxBytes);
  }

  /** The folder without links; undefined when it is not allowed. Says the same of what is not there, so as not to tell. */
  private async resolve(folder: string): Promise<string | undefined> {
    if (!isAbsolute(folder)) return undefined;
    const real = await realFolder(folder);
    if (real === undefined) return undefined;
    const roots = await Promise.all(this.settings.workspaceRoots.map((root) => realFolder(root)));
    return roots.some((root) => root !== undefined && isWithin(root, real)) ? real : undefined;
  }
}

async function realFolder(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch {
    // Not there, a circle of links, not to be entered: no folder to work in, whatever the cause.
    return undefined;
  }
}
