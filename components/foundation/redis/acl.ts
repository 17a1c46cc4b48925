/** The rights of a Redis user. Pure. */

import { createHash } from "node:crypto";

import type { RedisUser } from "./kind";

/**
 * Categories whose commands all name the keys that they touch, so that the user's key pattern limits them. Categories of
 * modules are excluded: an index of `@search` belongs to the whole server.
 */
const DATA_TYPES = ["string", "hash", "list", "set", "sortedset", "stream", "geo", "hyperloglog", "bitmap"];

/** Categories removed again: SORT, which reads keys by a pattern, and debugging commands. */
const WITHOUT = ["dangerous", "admin"];

/**
 * Commands for any type of key, without those that show or touch the keys of other users: SCAN, KEYS, RANDOMKEY, DBSIZE,
 * MOVE, SWAPDB.
 */
const ANY_KEY = [
    ...["copy", "del", "dump", "exists", "rename", "renamenx", "touch", "type", "unlink", "memory|usage"],
    ...["expire", "expireat", "expiretime", "persist", "pexpire", "pexpireat", "pexpiretime", "pttl", "ttl"],
    ...["object|encoding", "object|freq", "object|idletime", "object|refcount"],
];

const TRANSACTIONS = ["multi", "exec", "discard", "watch", "unwatch"];

/** Commands for channels, without PUBSUB, which shows the channels of other users. */
const CHANNELS = [
    ...["publish", "subscribe", "unsubscribe", "psubscribe", "punsubscribe"],
    ...["spublish", "ssubscribe", "sunsubscribe"],
];

/**
 * Commands that drivers send about their own connection. CLIENT TRACKING is excluded: it announces changed keys of other
 * users. INFO shows counts of the whole server and no names; ioredis waits for it, and BullMQ reads the version in it.
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
 * Commands for Lua scripts. The server limits the calls of a script to the user's keys and commands. Functions are
 * excluded: their libraries belong to the whole server, and any user could replace those of another user.
 */
const SCRIPTS = ["eval", "eval_ro", "evalsha", "evalsha_ro", "script|load", "script|exists"];

/**
 * A line of the server's ACL file. It is an allow-list: a command of a later version is refused until it is added here.
 *
 * The file contains a hash, so the password itself is in no file of the server.
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
