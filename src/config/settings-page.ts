import { declarations, type Declaration } from './setting.js';
import { Settings } from './settings.js';

/** The text of docs/reference/settings.md, from the declarations themselves. */
export const settingsPage = (): string => `# Settings

Every setting has a name in the environment and a place in an optional YAML file, \`./pullcord.config.yaml\` or
the one that \`PULLCORD_CONFIG\` names. The environment wins over the file, the file over the default; an empty
variable counts as unset. A name that starts with \`PULLCORD_\` and is not below, a name in the file that is not
below, or a value that is not allowed stops the start with one line that says so. A dot in the column "In the
file" is one level of nesting:

\`\`\`yaml
port: 8080
sse:
  heartbeat_ms: 5000
openai:
  base_url: http://127.0.0.1:11434/v1
\`\`\`

Commas in the environment, or a YAML list in the file, separate the items of a list. To keep a token out of the
environment, give its hash: \`printf %s "$TOKEN" | sha256sum\`.

| Environment | In the file | Default | Must be | What it is |
| --- | --- | --- | --- | --- |
${declarations.map(row).join('\n')}
`;

const defaults: Readonly<Record<string, unknown>> = { ...new Settings() };

const row = ({ env, file, field, kind, about }: Declaration): string =>
  `| \`${env}\` | \`${file}\` | ${shown(defaults[field], kind)} | ${inCell(kind.allowed)} | ${inCell(about)} |`;

const shown = (value: unknown, kind: Declaration['kind']): string =>
  isEmpty(value) ? 'unset' : `\`${kind.show?.(value) ?? String(value)}\``;

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Pipes and angle brackets mean something in Markdown; a lone asterisk may. */
const inCell = (sentence: string): string => sentence.replace(/[|<>*]/g, (mark) => `\\${mark}`);
