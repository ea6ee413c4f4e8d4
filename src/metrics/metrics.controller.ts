import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { documented } from '../http/documented.js';
import { exposition, expositionType } from '../telemetry/exposition-format.js';
import { families } from '../telemetry/family.js';
import { processMetrics } from './process-metrics.js';
import { ServerGauges } from './server-gauges.js';

/** For Prometheus, whose contract its answer is: it is not in our document. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly gauges: ServerGauges) {}

  @Get()
  @RouteConfig({ isForWatchers: true })
  @documented(({ ApiExcludeEndpoint }) => ApiExcludeEndpoint())
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const gauges = await this.gauges.read();
    void reply.header('content-type', expositionType).header('cache-control', 'no-store');
    return exposition([...gauges, ...families()]) + (await processMetrics());
  }
}
