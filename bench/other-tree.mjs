/** Lets the cases of this checkout import the cochlea of another one, that of COCHLEA_TREE. */
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const tree = pathToFileURL(join(process.env.COCHLEA_TREE, 'bench', 'run.mjs')).href;
register(
  `data:text/javascript,${encodeURIComponent(`
    export const resolve = (specifier, context, next) =>
      next(specifier, /^cochlea(\\/|$)/.test(specifier) ? { ...context, parentURL: ${JSON.stringify(tree)} } : context);`)}`,
);
