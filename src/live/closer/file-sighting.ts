import { fileKeyFor, isDisconnected, type ShareModeEntry, type ShareModes } from '../../samba/records/index.ts';
import type { FileLocation, FileNotClosable } from '../../sessions/index.ts';
import type { SessionFile } from '../files/file-owners.ts';
import { isSameProcess, OpenRecords } from '../files/open-records.ts';
import type { SambaServer } from '../samba-server.ts';
import { closeFormOf } from './close-form.ts';

/** What is found for a location: what can be closed, or why it can't be. */
export type FoundFile = SessionFile | FileNotClosable;

/** What a server has open at one moment. */
export class FileSighting {
  readonly server: SambaServer;
  private readonly shareModes: SambaServer['files']['shareModes'];
  private readonly modes: ReturnType<SambaServer['files']['shareModes']['refresh']>['records'];
  private readonly entries = new Map<ShareModes, Map<bigint, ShareModeEntry[]>>();
  private opens: OpenRecords | undefined;

  /** @throws ServerProblem */
  constructor(server: SambaServer) {
    this.server = server;
    this.shareModes = server.files.shareModes;
    this.modes = this.shareModes.refresh().records;
  }

  /** The very open that is meant, by all that its location says of it. */
  find(location: FileLocation): FoundFile {
    const fileId = fileKeyFor(location.file);
    const record = this.modes.get(fileId);
    if (record !== undefined && record.value === undefined) return 'unreadable';
    const entry = this.entryAt(location, record?.value);
    if (entry === undefined) return 'gone';
    if (isDisconnected(entry.serverId)) return 'disconnected';
    if (!this.server.livesNow(entry.serverId)) return 'gone';
    const file = { fileId, entry, modes: record!.value! };
    return this.whyNot(location, file) ?? file;
  }

  /** Whether an open is there no more, or could not be: its process has ended. */
  hasEnded(location: FileLocation): boolean {
    const record = this.modes.get(fileKeyFor(location.file));
    if (record !== undefined && record.value === undefined) return false;
    const entry = this.entryAt(location, record?.value);
    return entry === undefined || !this.server.livesNow(entry.serverId);
  }

  /** Thousands may have a share's root open. */
  private entryAt(location: FileLocation, modes: ShareModes | undefined): ShareModeEntry | undefined {
    if (modes === undefined) return undefined;
    let byId = this.entries.get(modes);
    if (byId === undefined) {
      byId = Map.groupBy(modes.entries, ({ shareFileId }) => shareFileId);
      this.entries.set(modes, byId);
    }
    return byId.get(location.shareFileId)?.find((one) => isAt(location, one));
  }

  private whyNot(location: FileLocation, file: SessionFile): FileNotClosable | null {
    // Read after its entry: whose record is not there has been closed since, or never had one.
    this.opens ??= new OpenRecords(this.server.readRows().opens);
    const open = this.opens.find(file.entry);
    if (open === 'unreadable') return 'unreadable';
    if (open === null) return this.isStillThere(location) ? 'beneath_stream' : 'gone';
    if (!closeFormOf(this.server).isSure) return 'form_unknown';
    return isWaitedIn(file) ? 'waiting' : null;
  }

  private isStillThere(location: FileLocation): boolean {
    const record = this.shareModes.refresh().records.get(fileKeyFor(location.file));
    return record?.value?.entries.some((one) => isAt(location, one)) === true;
  }
}

/**
 * Whether whoever is served by the process of an open waits for something of the file. smbd counts that among what the
 * open has under way (`aio_add_req_to_fsp`), and panics where that open is closed.
 */
export function isWaitedIn({ entry, modes }: SessionFile): boolean {
  return modes.watchers.some((watcher) => isSameProcess(watcher, entry.serverId));
}

function isAt({ pid, uniqueId, shareFileId, openedMicros }: FileLocation, { serverId, ...entry }: ShareModeEntry) {
  return (
    entry.shareFileId === shareFileId &&
    entry.openedAt === openedMicros &&
    serverId.uniqueId === uniqueId &&
    (isDisconnected(serverId) ? pid === 0 : serverId.pid === pid)
  );
}
