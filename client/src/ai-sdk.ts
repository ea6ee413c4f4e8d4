// @pullcord/client/ai-sdk: useChat of the AI SDK, with conversations that this server keeps.
export { PullcordChatTransport, type ChatFields, type PullcordChatOptions } from './ai-sdk/chat-transport.js';
export { PullcordError, type Problem } from './problem.js';
