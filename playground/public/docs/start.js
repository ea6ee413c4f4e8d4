// Draws the reference from the document that this very server answers, with its own calls going to this server too.
const { document, matchMedia } = globalThis;
const dark = matchMedia('(prefers-color-scheme: dark)');
// The name by which its own style knows that it is dark.
const wear = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', wear);
wear();

async function draw() {
  const url = new URL('openapi.json', document.baseURI);
  const spec = await (await fetch(url)).json();
  globalThis.SwaggerUIBundle({
    dom_id: '#reference',
    spec: { ...spec, servers: [{ url: new URL('.', document.baseURI).href.replace(/\/$/, '') }] },
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
}

draw().catch((error) => {
  document.querySelector('#reference p').textContent = `The reference could not be loaded: ${error.message}`;
});
