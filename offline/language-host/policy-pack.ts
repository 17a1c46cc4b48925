import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";

/** Milliseconds that the engine's first connection may take to end. No answer is pending on it any more. */
const DRAIN_MILLISECONDS = 1000;

/**
 * Stands between the engine and a policy pack.
 *
 * The engine names its stack in a call, after the pack has started. The pack's SDK reads the stack from the environment, before it
 * starts. So this server takes the first call, starts the pack with that environment, passes the call on and asks the engine to connect
 * again. The new connection leads straight to the pack: the engine asks about every resource in turn and waits for each answer, so a
 * server in between would cost time.
 *
 * @param start - starts the pack with these further variables; resolves with the port it serves on
 * @returns the port to give to the engine
 */
export async function servePolicyPack(
    start: (variables: NodeJS.ProcessEnv) => Promise<number>,
    channelOptions: grpc.ChannelOptions,
): Promise<{ port: number; close: () => void }> {
    let pack: Promise<number> | undefined;
    const credentials = grpc.credentials.createInsecure();
    const server = new grpc.Server(channelOptions);
    const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());

    const definitions: grpc.UntypedServiceImplementation = {};
    const service: Record<string, grpc.MethodDefinition<Buffer, Buffer>> = {};
    for (const [name, method] of Object.entries(AnalyzerService as unknown as grpc.ServiceDefinition)) {
        service[name] = { ...method, ...unread };
        const handler: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
            const variables =
                name === "configureStack"
                    ? stackVariables(method.requestDeserialize(call.request) as AnalyzerStackConfigureRequest)
                    : {};
            pack ??= start(variables);
            pack.then(
                (port) => {
                    const client = new grpc.Client(`127.0.0.1:${String(port)}`, credentials, channelOptions);
                    const answered: grpc.requestCallback<Buffer> = (error, answer) => {
                        callback(error, answer);
                        client.close();
                        connections.drain(DRAIN_MILLISECONDS);
                    };
                    client.makeUnaryRequest(method.path, same, same, call.request, call.metadata, answered);
                },
                (error: unknown) => callback({ code: grpc.status.UNAVAILABLE, details: String(error) }),
            );
        };
        definitions[name] = name === "handshake" ? refuse : handler;
    }
    server.addService(service, definitions);

    const front = createServer({ noDelay: true }, (engine) => {
        if (pack === undefined) connections.injectConnection(engine);
        else void pack.then((port) => join(engine, connect({ host: "127.0.0.1", port, noDelay: true })));
    });
    await new Promise<void>((resolve, reject) => {
        front.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    const close = (): void => {
        front.close();
        connections.destroy();
    };
    return { port: (front.address() as AddressInfo).port, close };
}

/** Passes data on in both directions, until either side ends. */
function join(one: Socket, other: Socket): void {
    for (const [from, to] of [
        [one, other],
        [other, one],
    ] as const) {
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
    }
}

const same = (data: Buffer): Buffer => data;
const unread = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };

/** Refuses the handshake, because the pack does not run yet. Packs for Node refuse it, too, and the engine then goes on without it. */
const refuse: grpc.handleUnaryCall<Buffer, Buffer> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: "handshake" });

/** Variables that `pulumi.getStack()`, `pulumi.getProject()` and `pulumi.Config` read in a policy pack. */
function stackVariables(request: AnalyzerStackConfigureRequest): NodeJS.ProcessEnv {
    const configuration: Record<string, string> = {};
    request.getConfigMap().forEach((value: string, key: string) => (configuration[key] = value));
    return {
        PULUMI_NODEJS_ORGANIZATION: request.getOrganization(),
        PULUMI_NODEJS_PROJECT: request.getProject(),
        PULUMI_NODEJS_STACK: request.getStack(),
        PULUMI_NODEJS_DRY_RUN: String(request.getDryRun()),
        PULUMI_CONFIG: JSON.stringify(configuration),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigSecretKeysList()),
    };
}
