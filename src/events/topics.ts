import { Subject } from 'rxjs';
import type { Announcement } from './announcement.js';

/** Takes note of an announcement. It must return at once and must not publish. */
export type Listener = (announcement: Announcement) => void;
export type Unsubscribe = () => void;

/** One RxJS Subject per key, there only while somebody listens, so that a signal costs its own subscribers alone. */
export class Topics<Key extends string> {
  private readonly subjects = new Map<Key, Subject<Announcement>>();
  private subscribers = 0;

  /** `onError` hears of a listener that threw; the other listeners and the publisher do not. */
  constructor(private readonly onError: (error: unknown, announcement: Announcement) => void) {}

  get subscriberCount(): number {
    return this.subscribers;
  }

  get topicCount(): number {
    return this.subjects.size;
  }

  has(key: Key): boolean {
    return this.subjects.has(key);
  }

  publish(key: Key, announcement: Announcement): void {
    this.subjects.get(key)?.next(announcement);
  }

  /** Answers how to stop, which may be called any number of times. */
  subscribe(key: Key, listener: Listener): Unsubscribe {
    const subject = this.subjects.get(key) ?? new Subject<Announcement>();
    this.subjects.set(key, subject);
    const subscription = subject.subscribe((announcement) => this.tell(listener, announcement));
    this.subscribers += 1;
    return () => {
      if (subscription.closed) return;
      subscription.unsubscribe();
      this.subscribers -= 1;
      if (!subject.observed) this.subjects.delete(key);
    };
  }

  /** RxJS would throw a listener's error on a later tick, where it ends the process. */
  private tell(listener: Listener, announcement: Announcement): void {
    try {
      listener(announcement);
    } catch (error) {
      this.onError(error, announcement);
    }
  }
}
