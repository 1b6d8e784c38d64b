import { benchList } from './list.ts';

/** `npm run bench -- list [root folder of another release]` */
const [name, root] = process.argv.slice(2);
if (name === 'list') {
  await benchList(root);
} else {
  console.error('npm run bench -- list [ROOT]: lists beside smbstatus, on a private Samba of this machine or of ROOT');
  process.exitCode = 2;
}
