// @pullcord/client/api: every call of the API, typed, as generated from its OpenAPI document.
export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
export { createClient, createConfig } from './generated/client/index.js';
