/**
 * The root folder of the Samba that the tests run on: `npm run test:matrix` sets `SMBWHO_TEST_ROOT` to that of another
 * release. Default: `/`, this machine's own.
 */
export const testedRoot: string = process.env.SMBWHO_TEST_ROOT ?? '/';
