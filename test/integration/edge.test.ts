/**
 * The edge by itself: the real Traefik with the configuration that the program makes, in front of stand-ins. Requests are
 * written byte by byte, so they are what a client library would not send.
 *
 * Needs a Docker engine on this machine.
 */

import { type EdgeStand, startEdge } from "../support/edge-stand";
import { headerTests } from "./edge/headers";
import { loginTests, PROXY_ADDRESS, startProxy } from "./edge/logins";
import { limitTests, uploadTests } from "./edge/limits";
import { backgroundTests, framingTests, managementTests } from "./edge/pages";
import { pathTests } from "./edge/paths";
import { behaviours, platform } from "./edge/stand";

let stand: EdgeStand;
let behindProxy: EdgeStand;

beforeAll(async () => {
    stand = await startEdge({
        environment: "test-edge",
        platform,
        settings: { trustedProxies: [], requestTimeout: 3 },
        address: "127.0.0.77",
        behaviours,
    });
    behindProxy = await startEdge({
        environment: "test-edge-proxy",
        platform,
        settings: { trustedProxies: ["127.0.0.200/32", "2001:db8:ffff::/48"], requestTimeout: 600 },
        address: "127.0.0.78",
        behaviours,
        real: { "oauth2-proxy": PROXY_ADDRESS },
    });
    await startProxy("test-edge-proxy");
});
afterAll(async () => {
    await stand.stop();
    await behindProxy.stop();
});

describe("headers", () => headerTests(() => stand));
describe("paths", () => pathTests(() => stand));
describe("rate limits", () =>
    limitTests(
        () => stand,
        () => behindProxy,
    ));
describe("uploads", () => uploadTests(() => stand));
describe("frames", () => framingTests(() => stand));
describe("without a session", () => backgroundTests(() => stand));
describe("logins", () => loginTests(() => behindProxy));
describe("the machine's own entry points", () => managementTests(() => stand));
