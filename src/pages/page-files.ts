import { createRequire } from 'node:module';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PagesSettings } from '../config/tables/pages-settings.js';
import { projectFolder } from '../config/version.js';

/** A file, and the path that a browser finds it at. */
export interface PageFile {
  readonly path: string;
  readonly file: string;
  readonly mediaType: string;
  /** Its name changes with its content: whoever has it need never ask again. */
  readonly isImmutable: boolean;
}

const built = fileURLToPath(new URL('playground/dist', projectFolder));

/** The page at `/`, which shares its address with what programs are answered; undefined when it was never built. */
export function frontPage(): PageFile | undefined {
  const file = join(built, 'index.html');
  return existsSync(file) ? toPageFile('/index.html', file) : undefined;
}

/** Everything else that the settings allow to be shown. No other path leads to a file, whatever a request says. */
export function pageFiles({ playground, apiReference }: PagesSettings): readonly PageFile[] {
  const files = builtFiles().filter(({ path }) => path !== '/index.html');
  const reference = files.filter(isOfReference);
  return [
    ...(playground ? files.filter((file) => !isOfReference(file)) : []),
    ...(apiReference && reference.length > 0 ? [...reference.map(toReference), ...swaggerFiles()] : []),
  ];
}

/** The playground as the build left it; nothing when there was no build. Names with a dot in front are the build's own. */
function builtFiles(): readonly PageFile[] {
  return readFolder(built)
    .filter((name) => !name.startsWith('.'))
    .map((name) => toPageFile(`/${name}`, join(built, name)));
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const isOfReference = ({ path }: PageFile): boolean => path.startsWith('/docs/');

const toReference = (file: PageFile): PageFile =>
  file.path === '/docs/index.html' ? { ...file, path: '/docs' } : file;

/** What draws the reference, from its package: nothing is loaded from elsewhere. */
function swaggerFiles(): readonly PageFile[] {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return ['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) =>
    toPageFile(`/docs/${name}`, join(folder, name)),
  );
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const toPageFile = (path: string, file: string): PageFile => ({
  path,
  file,
  mediaType: mediaTypes[extname(path)] ?? 'application/octet-stream',
  isImmutable: path.startsWith('/assets/'),
});
