import { tokenHash } from '../access-token.js';
import { Setting } from '../setting.js';

/** Who may read what is measured, and where traces go. */
export class TelemetrySettings {
  @Setting(
    {
      env: 'PULLCORD_METRICS_TOKEN',
      file: 'metrics.token',
      about:
        'The one token that GET /metrics is answered to; unset, it is answered to whoever may call the server at all.',
      secret: true,
    },
    tokenHash,
  )
  /** SHA-256, 64 lower-case hex digits. */
  readonly metricsToken?: string;
}
