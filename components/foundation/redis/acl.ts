/** What a Redis user may do. Pure. */

import { createHash } from "node:crypto";

import type { RedisUser } from "./kind";

/**
 * Categories whose commands all name the keys that they touch, so that the user's key pattern holds them. Categories of
 * modules are not among them: an index of `@search` belongs to the whole server.
 */
const DATA_TYPES = ["string", "hash", "list", "set", "sortedset", "stream", "geo", "hyperloglog", "bitmap"];

/** What these categories have besides: SORT, which reads keys by a pattern, and debugging. */
const WITHOUT = ["dangerous", "admin"];

/** Commands for any key, without those that show or touch the keys of others: SCAN, KEYS, RANDOMKEY, DBSIZE, MOVE, SWAPDB. */
const ANY_KEY = [
    ...["copy", "del", "dump", "exists", "rename", "renamenx", "touch", "type", "unlink", "memory|usage"],
    ...["expire", "expireat", "expiretime", "persist", "pexpire", "pexpireat", "pexpiretime", "pttl", "ttl"],
    ...["object|encoding", "object|freq", "object|idletime", "object|refcount"],
];

const TRANSACTIONS = ["multi", "exec", "discard", "watch", "unwatch"];

/** Without PUBSUB, which shows the channels of others. */
const CHANNELS = [
    ...["publish", "subscribe", "unsubscribe", "psubscribe", "punsubscribe"],
    ...["spublish", "ssubscribe", "sunsubscribe"],
];

/**
 * What drivers send about their own connection, without CLIENT TRACKING: it announces changed keys of others. INFO has counts
 * of the whole server and no names; ioredis waits for it, and BullMQ reads the version in it.
 */
const CONNECTION = [
    ...["auth", "hello", "ping", "echo", "quit", "reset", "select", "command", "time", "info"],
    ...[
        "client|id",
        "client|info",
        "client|getname",
        "client|setname",
        "client|setinfo",
        "client|reply",
        "client|no-touch",
    ],
];

/**
 * Lua. The server holds what a script calls to the user's keys and commands. Functions are not among these: their libraries are
 * the whole server's, and any user could replace those of another.
 */
const SCRIPTS = ["eval", "eval_ro", "evalsha", "evalsha_ro", "script|load", "script|exists"];

/**
 * A line of the server's ACL file: an allow-list, so that a command of a later version is refused until it is added here.
 *
 * The file has a hash, so that the password itself is not even in the server's own files.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function aclLine({ name, keyPrefix, scripts = false }: RedisUser, password: string): string {
    const hash = createHash("sha256").update(password).digest("hex");
    const commands = [...ANY_KEY, ...TRANSACTIONS, ...CHANNELS, ...CONNECTION, ...(scripts ? SCRIPTS : [])];
    return [
        `user ${name} on #${hash}`,
        // Channels follow the same prefix as keys.
        `~${keyPrefix}* &${keyPrefix}*`,
        "-@all",
        ...DATA_TYPES.map((category) => `+@${category}`),
        ...WITHOUT.map((category) => `-@${category}`),
        ...commands.map((command) => `+${command}`),
    ].join(" ");
}
