/** What a program needs to find its files, its user and its language; a key or a password is none of it. */
const harmless = new Set(
  [
    ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'LANG', 'LANGUAGE'],
    ['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES'],
    ['USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH', 'TEMP', 'TMP', 'PROCESSOR_ARCHITECTURE'],
  ].flat(),
);

/** The part of our own environment that a program which we start is given. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const isHarmless = (name: string): boolean => harmless.has(name.toUpperCase()) || name.startsWith('LC_');
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isHarmless(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(kept);
}
