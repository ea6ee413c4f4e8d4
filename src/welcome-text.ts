import type { PagesSettings } from './config/tables/pages-settings.js';

/** What the terminal shows once the server listens: where it is, and what to try first. */
export const welcomeText = (url: string, settings: PagesSettings): string => `
Pullcord is at ${url}
${pagesText(url, settings)}
Try this in another terminal:

  curl -s -X POST ${url}/contexts                            # answers the context, with its id
  curl -N ${url}/contexts/<id>/events                        # the signals, as they come
  curl -s ${url}/contexts/<id>/actions/send_message \\
       -H 'content-type: application/json' -d '{"content":"Hello"}'
  curl -s '${url}/contexts/<id>/messages?changed_since=0'    # pull what the signals were about

README.md goes on from here. Ctrl+C stops the server; everything is kept.
`;

const pagesText = (url: string, { playground, apiReference }: PagesSettings): string =>
  [
    ...(playground ? [`  ${url}/        in a browser: the playground, to chat and to watch it work\n`] : []),
    ...(apiReference ? [`  ${url}/docs    the reference of the API\n`] : []),
  ].join('');
