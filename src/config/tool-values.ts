import { isIP } from 'node:net';
import type { Kind } from './setting.js';

export interface ToolTimeout {
  readonly tool: string;
  readonly timeout_ms: number;
}

/** `name=milliseconds`; the name as a model sees it. */
export const toolTimeout = (max: number): Kind<ToolTimeout> => ({
  allowed: `a tool and its milliseconds, such as run_command=120000, up to ${max}`,
  read: (raw) => {
    const [, tool, digits] = /^([\w-]{1,64})=([1-9]\d{0,9})$/.exec(typeof raw === 'string' ? raw : '') ?? [];
    const timeout_ms = Number(digits);
    return tool !== undefined && timeout_ms <= max ? { tool, timeout_ms } : undefined;
  },
});

/** Hosts that may be called. */
export interface HostRule {
  /** As a URL has it: lower case, punycode; empty for any host. */
  readonly host: string;
  /** Not the host itself, but all below it. */
  readonly isBelow: boolean;
  /** Undefined for the usual port of the scheme. */
  readonly port?: number;
}

export const hostRule: Kind<HostRule> = {
  allowed: 'a host such as docs.example.com, *.example.com or *, with or without :port',
  read: (raw) => {
    const [, below, name, digits] =
      /^(\*\.)?(\*|\[[\da-f:.]+\]|[^\s:/?#@*%\\[\]]+)(?::([1-9]\d{0,4}))?$/i.exec(String(raw)) ?? [];
    const isAny = name === '*';
    const host = isAny ? '' : hostOf(name);
    const port = digits === undefined ? undefined : Number(digits);
    if (host === undefined || (isAny && below) || (port ?? 0) > 65_535) return undefined;
    return { host, isBelow: below !== undefined, ...(port !== undefined && { port }) };
  },
};

/** As a URL has it; undefined for what is none, or ends in a dot. */
function hostOf(name: string | undefined): string | undefined {
  if (name === undefined || name.endsWith('.') || !URL.canParse(`http://${name}/`)) return undefined;
  return new URL(`http://${name}/`).hostname;
}

export interface AddressAndPort {
  /** Without brackets. */
  readonly address: string;
  readonly port: number;
}

export const addressAndPort: Kind<AddressAndPort> = {
  allowed: 'an IP address with a port, such as 10.0.0.5:8080 or [fd00::5]:8080',
  read: (raw) => {
    const [, v6, v4, digits] = /^(?:\[([\da-f:.]+)\]|([\d.]+)):([1-9]\d{0,4})$/i.exec(String(raw)) ?? [];
    const address = v6 ?? v4 ?? '';
    const port = Number(digits);
    return isIP(address) === (v6 === undefined ? 4 : 6) && port <= 65_535 ? { address, port } : undefined;
  },
};

export interface EnvironmentEntry {
  readonly name: string;
  readonly value: string;
}

export const environmentEntry: Kind<EnvironmentEntry> = {
  allowed: 'NAME=value',
  read: (raw) => {
    const [, name, value] = /^([A-Za-z_]\w*)=([^\0]*)$/.exec(typeof raw === 'string' ? raw : '') ?? [];
    return name === undefined || value === undefined ? undefined : { name, value };
  },
};
