import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Open } from '../http/access.guard.js';
import { Choice } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { Runner } from '../runs/runner.js';
import { Storage } from '../storage/storage.js';

class HealthView {
  @Choice({ about: 'That it is well.', values: ['ok'], example: 'ok' }) readonly status!: 'ok';
}

/** For whoever watches the process. Open: it says nothing about anybody. */
@ApiTags('health')
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly storage: Storage,
    private readonly runner: Runner,
  ) {}

  @Get('live')
  @Operation({
    id: 'getLiveness',
    summary: 'The process answers',
    answer: { status: 200, about: 'It does.', type: HealthView },
  })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Operation({
    id: 'getReadiness',
    summary: 'The server can take requests: its database answers and it is not shutting down',
    answer: { status: 200, about: 'It can.', type: HealthView },
    errors: ['draining'],
  })
  async ready(): Promise<HealthView> {
    this.runner.refuseWhileDraining();
    await this.storage.reads.get(`SELECT 1 AS one`);
    return { status: 'ok' };
  }
}
