import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { PendingCalls } from './pending-calls.js';
import { ConsoleDialog } from './console-dialog.js';

/** Lets whoever started the server in a terminal approve calls there. */
@Injectable()
export class ApprovalConsole implements OnApplicationBootstrap, OnApplicationShutdown {
  private dialog: ConsoleDialog | undefined;

  constructor(
    private readonly pending: PendingCalls,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    const { stdin, stderr } = process;
    if (this.settings.callApproval !== 'manual' || !stdin.isTTY) return;
    // Not stdout, which is the log: lines of JSON for programs.
    this.dialog = new ConsoleDialog(this.pending, stdin, stderr);
  }

  onApplicationShutdown(): void {
    this.dialog?.close();
  }
}
