import { Controller, Get } from '@nestjs/common';
import { Choice, Component } from '../http/fields.js';
import { Operation, Tag } from '../http/operation.js';
import { Runner } from '../runs/runner.js';
import { Storage } from '../storage/storage.js';

@Component({ name: 'Health', about: 'That all is well.' })
class HealthView {
  @Choice({ about: 'That it is well.', values: ['ok'], example: 'ok' }) readonly status!: 'ok';
}

/** For whoever watches the process. Open: it says nothing about anybody. */
@Tag('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly storage: Storage,
    private readonly runner: Runner,
  ) {}

  @Get('live')
  @Operation({
    id: 'getLiveness',
    summary: 'Whether the process answers',
    answer: { status: 200, about: 'It does.', type: HealthView },
    isOpen: true,
  })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Operation({
    id: 'getReadiness',
    summary: 'Whether the server can take requests',
    about: 'Its database answers, and it is not shutting down.',
    answer: { status: 200, about: 'It can.', type: HealthView },
    errors: ['storage_unavailable', 'draining'],
    isOpen: true,
  })
  async ready(): Promise<HealthView> {
    this.runner.refuseWhileDraining();
    this.storage.refuseWhenLost();
    await this.storage.reads.get(`SELECT 1 AS one`);
    return { status: 'ok' };
  }
}
