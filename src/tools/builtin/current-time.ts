import { toTimestamp, type Clock } from '../../kernel/clock.js';
import { ToolError } from '../tool-source.js';
import { textOr } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

/** The time now, in UTC and, when asked for, in a time zone. */
export const currentTime = (clock: Clock): BuiltinTool => ({
  definition: {
    name: 'current_time',
    description: 'The date and time now, in UTC and, when one is named, in a time zone.',
    parameters: {
      type: 'object',
      properties: {
        time_zone: {
          type: 'string',
          maxLength: 64,
          description: 'An IANA name, such as Europe/Oslo.',
        },
      },
      additionalProperties: false,
    },
    permissions: ['read'],
    is_parallel: true,
    on_cancel: 'kill',
  },
  call: (args) => {
    const now = clock.now();
    const zone = textOr(args, 'time_zone', undefined);
    const local = zone === undefined ? {} : { time_zone: zone, local_time: inZone(now, zone) };
    return Promise.resolve({ result: { utc: toTimestamp(now), ...local } });
  },
});

function inZone(ms: number, timeZone: string): string {
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'long' });
    return format.format(ms);
  } catch {
    throw new ToolError('unknown_time_zone', 'There is no such time zone; name one such as Europe/Oslo.');
  }
}
