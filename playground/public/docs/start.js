// Draws the reference from the document that this very server answers.
const { document, matchMedia, SwaggerUIBundle } = globalThis;
const dark = matchMedia('(prefers-color-scheme: dark)');
// The name by which its own style knows that it is dark.
const wear = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', wear);
wear();

// The document names where a server usually is; what is tried here is tried on this one.
const url = new URL('.', document.baseURI).href.replace(/\/$/, '');
const here = (next) => (spec) => next({ ...spec, servers: [{ url, description: 'This server.' }] });

SwaggerUIBundle({
  dom_id: '#reference',
  url: 'openapi.json',
  plugins: [{ statePlugins: { spec: { wrapActions: { updateJsonSpec: here } } } }],
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  // Nobody elsewhere is asked whether the document is valid, and nothing is kept in the browser.
  validatorUrl: null,
  persistAuthorization: false,
  syntaxHighlight: { theme: 'nord' },
});
