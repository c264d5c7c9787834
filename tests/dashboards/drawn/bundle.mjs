// Bundles the page for a browser: bundle.mjs DIRECTORY, where the packages are and the page goes. Grafana's
// packages are taken in their CommonJS form; with the other one the table loses a part of itself.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const directory = process.argv[2];
const esbuild = createRequire(join(directory, 'package.json'))('esbuild');

const commonJs = {
  name: 'commonjs of grafana',
  setup(build) {
    build.onResolve({ filter: /^@grafana\// }, ({ path, kind, pluginData }) => {
      if (pluginData === 'asked' || kind === 'require-call') return undefined;
      return build.resolve(path, { kind: 'require-call', resolveDir: directory, pluginData: 'asked' });
    });
  },
};

await esbuild.build({
  entryPoints: [join(here, 'page.tsx')],
  outfile: join(directory, 'page.js'),
  bundle: true,
  minify: true,
  jsx: 'automatic',
  nodePaths: [join(directory, 'node_modules')],
  mainFields: ['browser', 'module', 'main'],
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'dataurl', '.woff2': 'dataurl', '.svg': 'dataurl' },
  plugins: [commonJs],
  logLevel: 'error',
});
