// @pullcord/client/api: every call of the API, typed, as generated from its OpenAPI document. Each takes the server it is
// made to as `client: pullcord.api`, and throws a PullcordError when it does not work out.
export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
export type { Client } from './calls/api-client.js';
