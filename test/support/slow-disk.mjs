// Loaded into a server before its program (`node --import`): a disk that takes its time, and that shows what it has.
// After each sync of the database or of its log, the file as it was when the sync began is in $SLOW_DISK: no more than
// that would be there after a power cut.
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers';

const { closeSync, fdatasync, fdatasyncSync, fstatSync, fsync, fsyncSync } = fs;
const { openSync, readSync, renameSync, writeFileSync } = fs;
const disk = process.env.SLOW_DISK ?? '';
const followed = new Map();
const clock = new Int32Array(new SharedArrayBuffer(4));

fs.openSync = (path, ...more) => {
  const fd = openSync(path, ...more);
  if (/^pullcord\.db(-wal)?$/.test(basename(String(path)))) followed.set(fd, basename(String(path)));
  return fd;
};
fs.closeSync = (fd) => {
  followed.delete(fd);
  closeSync(fd);
};

/** Takes the file as it is now; what it answers is for when the disk has it. */
function taken(fd) {
  const name = followed.get(fd);
  if (name === undefined) return () => undefined;
  // Through the descriptor that is there: to close another one would end the locks that SQLite has on the file.
  const bytes = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, bytes, 0, bytes.length, 0);
  return () => {
    writeFileSync(join(disk, `${name}.part`), bytes);
    renameSync(join(disk, `${name}.part`), join(disk, name));
  };
}

/** A file of this name makes the disk fail. */
const isBroken = () => fs.existsSync(join(disk, 'broken'));

const onTheSpot = (sync) => (fd) => {
  const keep = taken(fd);
  Atomics.wait(clock, 0, 0, 2);
  if (isBroken()) throw new Error('EIO: i/o error, sync');
  sync(fd);
  keep();
};
const inThePool = (sync) => (fd, done) => {
  const keep = taken(fd);
  if (isBroken()) return void setTimeout(() => done(new Error('EIO: i/o error, sync')), 5);
  const real = () =>
    sync(fd, (error) => {
      if (!error) keep();
      done(error);
    });
  // The database's pages lie apart, and take longer than the log: a moment when only one of the two is safe is met.
  setTimeout(real, Math.random() * (followed.get(fd) === 'pullcord.db' ? 150 : 20));
};
fs.fdatasyncSync = onTheSpot(fdatasyncSync);
fs.fsyncSync = onTheSpot(fsyncSync);
fs.fdatasync = inThePool(fdatasync);
fs.fsync = inThePool(fsync);
syncBuiltinESMExports();
