import { benchClose } from './close.ts';
import { benchFallback } from './fallback.ts';
import { benchFiles } from './files.ts';
import { benchIdle } from './idle.ts';
import { benchList } from './list.ts';

/** `npm run bench -- list|files|fallback|idle|close [root folder of another release]` */
const [name, root] = process.argv.slice(2);
if (name === 'list') {
  await benchList(root);
} else if (name === 'files') {
  await benchFiles(root);
} else if (name === 'fallback') {
  await benchFallback(root);
} else if (name === 'idle') {
  await benchIdle(root);
} else if (name === 'close') {
  await benchClose(root);
} else {
  console.error(`npm run bench -- NAME [ROOT]: on a private Samba of this machine or of ROOT
  list      lists beside smbstatus
  files     lists of open files beside smbstatus
  fallback  lists of a Samba whose records are of no known layout
  idle      idle times beside true ones, and what they cost
  close     1,000 of 1,200 sessions ended in one call, and what Samba's own ways take along`);
  process.exitCode = 2;
}
