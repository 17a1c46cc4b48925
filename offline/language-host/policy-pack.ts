import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";

/**
 * Stands between the engine and a policy pack.
 *
 * The engine tells which stack it is working on with a call, after the pack has started; the pack's SDK reads it
 * from the environment, before. So this server takes the call, starts the pack with that environment, and passes on
 * everything else unread.
 *
 * @param start - starts the pack with these further variables; resolves with the port it serves on
 * @returns the port to give to the engine
 */
export async function servePolicyPack(
    start: (variables: NodeJS.ProcessEnv) => Promise<number>,
    channelOptions: grpc.ChannelOptions,
): Promise<{ port: number; close: () => void }> {
    let pack: Promise<grpc.Client> | undefined;
    const started = (variables: NodeJS.ProcessEnv): Promise<grpc.Client> =>
        (pack ??= start(variables).then(
            (port) => new grpc.Client(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure(), channelOptions),
        ));

    const server = new grpc.Server(channelOptions);
    const definitions: grpc.UntypedServiceImplementation = {};
    const service: Record<string, grpc.MethodDefinition<Buffer, Buffer>> = {};
    for (const [name, method] of Object.entries(AnalyzerService as unknown as grpc.ServiceDefinition)) {
        service[name] = { ...method, ...unread };
        const handler: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
            const variables =
                name === "configureStack"
                    ? stackVariables(method.requestDeserialize(call.request) as AnalyzerStackConfigureRequest)
                    : {};
            started(variables).then(
                (client) => client.makeUnaryRequest(method.path, same, same, call.request, call.metadata, callback),
                (error: unknown) => callback({ code: grpc.status.UNAVAILABLE, details: String(error) }),
            );
        };
        definitions[name] = name === "handshake" ? refuse : handler;
    }
    server.addService(service, definitions);
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    return { port, close: () => server.forceShutdown() };
}

const same = (data: Buffer): Buffer => data;
const unread = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };

/** The pack is not there yet, and packs for Node answer the same: the engine then goes on without. */
const refuse: grpc.handleUnaryCall<Buffer, Buffer> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: "handshake" });

/** What `pulumi.getStack()`, `pulumi.getProject()` and `pulumi.Config` read in a policy pack. */
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
