import { wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** How calls find their way to a model that can take them. */
export class RoutingSettings {
  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_CONCURRENT',
      file: 'model.max_concurrent',
      about: 'Calls to one provider that are under way at once; more wait for their turn.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly modelMaxConcurrent: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_WAITING',
      file: 'model.max_waiting',
      about: 'Calls that may wait for one provider; past it they fail at once.',
    },
    wholeNumber(0, 1_000_000),
  )
  readonly modelMaxWaiting: number = 1_000;
}
