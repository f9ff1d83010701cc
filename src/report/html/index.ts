export { packColumns } from './columns.ts';
export * from './decode.ts';
export * from './encode.ts';
export * from './page-file.ts';
export * from './run-data.ts';
