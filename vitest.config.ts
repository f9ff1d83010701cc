import { defineConfig } from 'vitest/config';

const entry = (name: string): string => new URL(`./src/public/${name}.ts`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^openwsk$/, replacement: entry('index') },
      { find: /^openwsk\/(.+)$/, replacement: entry('$1') },
    ],
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 20_000,
    execArgv: ['--expose-gc'],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts', 'src/cli/**'] },
  },
});
