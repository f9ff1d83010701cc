// Preloaded (node --import) where a test wants a machine without koffi: importing it fails as if it were not installed.
import { register } from 'node:module';

const hooks = `
export const resolve = (specifier, context, next) => {
  if (specifier === 'koffi') throw Object.assign(new Error("Cannot find package 'koffi'"), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(specifier, context);
};
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
