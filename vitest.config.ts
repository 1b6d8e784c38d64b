import { defineConfig } from 'vitest/config';

const reporters = ['default', './test/support/summary-reporter.ts'];

export default defineConfig({
  test: {
    reporters,
    projects: [
      {
        // Everything that needs no Samba: seconds.
        test: {
          name: 'near',
          include: [
            'src/**/*.test.ts',
            'test/arch/**/*.test.ts',
            'test/{fixtures,fuzz}/**/*.test.ts',
            'test/support/{smb2,recordings}/**/*.test.ts',
          ],
          isolate: false,
          // A hang is what this is for: a busy machine must not fail a test.
          testTimeout: 60_000,
        },
      },
      {
        // A real smbd, real clients, the real program.
        test: {
          name: 'real',
          include: ['test/e2e/**/*.test.ts', 'test/support/samba/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
