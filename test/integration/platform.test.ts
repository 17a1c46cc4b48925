/**
 * The whole platform on a real engine: started, used, attacked, broken, interrupted and removed through the command line,
 * as a user does it. The parts build on each other and run in this order; the first failure is the one to look at.
 *
 * Needs a Docker engine, about 2 GiB of memory, and root for `/proc` of the containers' processes.
 */

import type { Ended } from "../support/live-engine";
import { needStart } from "../support/outcome";
import { addBystander, removeBystander } from "./platform/bystander";
import { driftTests } from "./platform/drift";
import { edgeTests } from "./platform/edge";
import { hardeningTests } from "./platform/hardening";
import { interruptionTests } from "./platform/interruption";
import { isolationTests } from "./platform/isolation";
import { MINUTE, stack } from "./platform/live";
import { postgresTests } from "./platform/postgres";
import { redisTests } from "./platform/redis";
import { secretsTests } from "./platform/secrets";
import { startTests } from "./platform/start";
import { sealedVaultTests, vaultTests } from "./platform/vault";

// A whole start on a slow machine; what is expected sooner says so where it is awaited.
jest.setTimeout(10 * MINUTE);

const FIRST = "up starts everything from nothing, healthy";
let first: Ended;

beforeAll(async () => {
    await stack.removeLeftovers();
    await removeBystander();
    await addBystander();
    first = await stack.strata("up");
});

needStart(() => first, FIRST);

afterAll(async () => {
    await stack.remove();
    await removeBystander();
});

describe("up", () => startTests(() => first));
describe("Vault", vaultTests);
describe("isolation", isolationTests);
describe("Postgres", postgresTests);
describe("Redis", redisTests);
describe("a sealed Vault", sealedVaultTests);
describe("the edge", edgeTests);
describe("hardening", hardeningTests);
describe("secrets", secretsTests);
describe("drift", driftTests);
describe("down and interruptions", interruptionTests);
