import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, reason } from './failure.js';

/**
 * A file to be written whole or not at all. It is opened before the work begins, so that what cannot be written is told
 * before it, and appears under its name only when it is complete: until then it has a temporary one beside it. A device, a
 * pipe or a file in a folder that takes no new files is written to in place, at the end.
 */
export class Output {
  private readonly pending: Uint8Array[] = [];

  private constructor(
    /** As the user has named it. */
    readonly file: string,
    private readonly target: string,
    /** What tells whether two outputs are one file. */
    private readonly identity: string,
    private descriptor: number | undefined,
    private readonly temporary: string | undefined,
  ) {}

  /**
   * Opens outputs, each named by the option that asks for it. Refuses two that are one file, one that is a recording to
   * be read or where standard output goes, and what cannot be written.
   */
  static openAll(wanted: { option: string; file: string }[], inputs: string[]): Output[] {
    const outputs: Output[] = [];
    try {
      for (const { option, file } of wanted) {
        const output = Output.open(option, file, inputs);
        const same = outputs.findIndex(({ identity }) => identity === output.identity);
        outputs.push(output);
        if (same >= 0) throw new Failure(`${wanted[same]!.option} and ${option}: the same file`);
      }
      return outputs;
    } catch (error) {
      for (const output of outputs) output.discard();
      throw error;
    }
  }

  private static open(option: string, file: string, inputs: string[]): Output {
    if (file === '') throw new Failure(`${option}: no file given`);
    const refuse = (why: string) => new Failure(`${option} ${file}: ${why}`);
    try {
      const target = targetOf(file);
      const old = statSync(target, { bigint: true, throwIfNoEntry: false });
      if (old?.isDirectory()) throw refuse('it is a directory');
      if (!existsSync(dirname(target))) throw refuse('no such folder');
      if (old && inputs.some((input) => isSame(old, statSync(input, { bigint: true, throwIfNoEntry: false })))) {
        throw refuse('would overwrite the recording');
      }
      const isFile = old === undefined || old.isFile();
      if (isFile && old && isStandardOutput(old)) {
        throw refuse('standard output goes there already; - writes to it');
      }
      if (!isFile) return Output.inPlace(file, target, old);
      if (old) accessSync(target, constants.W_OK);
      return Output.beside(file, target, old);
    } catch (error) {
      throw error instanceof Failure ? error : refuse(reason(error));
    }
  }

  private static beside(file: string, target: string, old: BigIntStats | undefined): Output {
    try {
      const { path, descriptor } = openTemporary(dirname(target), old === undefined ? 0o666 : 0o600);
      const identity = old ? inode(old) : newIdentity(target, path);
      const output = new Output(file, target, identity, descriptor, path);
      if (old) keepOwner(descriptor, old);
      return output;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!old || !['EACCES', 'EPERM', 'EROFS'].includes(code ?? '')) throw error;
      return Output.inPlace(file, target, old);
    }
  }

  private static inPlace(file: string, target: string, old: BigIntStats): Output {
    // To open a pipe that nobody reads would wait; without waiting it is an error.
    const descriptor = openSync(target, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
    return new Output(file, target, inode(old), descriptor, undefined);
  }

  /** Adds bytes or text at the end. */
  write(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    try {
      if (this.temporary === undefined) this.pending.push(bytes);
      else writeAll(this.descriptor!, bytes);
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Nothing more comes: gives the file its name, or writes what has been waiting. */
  async commit(): Promise<void> {
    try {
      await this.complete();
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): Failure {
    return new Failure(`cannot write ${this.file}: ${reason(error)}`, { cause: error });
  }

  private async complete(): Promise<void> {
    if (this.temporary !== undefined) {
      closeSync(this.descriptor!);
      this.descriptor = undefined;
      renameSync(this.temporary, this.target);
      temporaries.delete(this.temporary);
      return;
    }
    const descriptor = this.descriptor!;
    this.descriptor = undefined;
    const bytes = Buffer.concat(this.pending);
    const stats = fstatSync(descriptor);
    if (stats.isFIFO()) {
      await writePipe(descriptor, bytes);
      return;
    }
    try {
      if (stats.isFile()) ftruncateSync(descriptor);
      writeAll(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Takes everything back: the file is as it was, or is not there. */
  discard(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    if (this.temporary !== undefined) removeTemporary(this.temporary);
  }
}

const temporaries = new Set<string>();

function removeTemporary(path: string): void {
  if (temporaries.delete(path)) rmSync(path, { force: true });
}

/** Removes what is not complete; for the end of the process. */
export function discardTemporaries(): void {
  for (const path of temporaries) removeTemporary(path);
}

/** A new file in the folder. Its name is short, so that there is room for it wherever there is for the file's own. */
function openTemporary(folder: string, mode: number): { path: string; descriptor: number } {
  for (let i = 0; ; i++) {
    const path = join(folder, `.cochlea-${process.pid}-${i}.tmp`);
    try {
      const descriptor = openSync(path, 'wx', mode);
      temporaries.add(path);
      return { path, descriptor };
    } catch (error) {
      // Left by a process of the same number that was killed, or our own for another output.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Gives a new file the owner and the permissions of the one that it replaces. */
function keepOwner(descriptor: number, { uid, gid, mode }: BigIntStats): void {
  const own = fstatSync(descriptor);
  if (BigInt(own.uid) !== uid || BigInt(own.gid) !== gid) {
    try {
      fchownSync(descriptor, Number(uid), Number(gid));
    } catch {
      // Only root may give files away; the permissions matter all the same.
    }
  }
  fchmodSync(descriptor, Number(mode & 0o777n));
}

/** The file that a name leads to over symbolic links, also where the last of them leads to none yet. */
function targetOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats) return stats.isFile() ? realpathSync(file) : file;
  let path = resolve(file);
  while (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    path = resolve(dirname(path), readlinkSync(path));
  return path;
}

function isStandardOutput(file: BigIntStats): boolean {
  try {
    return isSame(file, fstatSync(1, { bigint: true }));
  } catch {
    return false; // There is none: a program of Windows may have been started without.
  }
}

const inode = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

function isSame(a: BigIntStats, b: BigIntStats | undefined): boolean {
  return b !== undefined && inode(a) === inode(b);
}

/** What a file that is not there yet will be: its folder and its name, in one case where the folder knows but one. */
function newIdentity(target: string, temporary: string): string {
  const ignoresCase = existsSync(join(dirname(temporary), basename(temporary).toUpperCase()));
  const name = basename(target).normalize('NFC');
  return `${inode(statSync(dirname(target), { bigint: true }))}/${ignoresCase ? name.toLowerCase() : name}`;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** Writes to a pipe as fast as it is read from. */
function writePipe(descriptor: number, bytes: Uint8Array): Promise<void> {
  return new Promise((fulfil, reject) => {
    const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
    pipe.on('error', reject).on('close', () => fulfil());
    pipe.end(bytes, () => pipe.destroy());
  });
}
