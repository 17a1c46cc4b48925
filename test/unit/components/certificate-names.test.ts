import { certificateNames } from "../../../components/edge/traefik/traefik";
import type { Route, Service } from "../../../model/platform";

function routing(...hosts: readonly string[]): Service {
    return {
        routes: hosts.map((host): Route => ({ host, path: "/", port: 80, rateLimit: 1, auth: false })),
    } as unknown as Service;
}

test("a certificate names the parent of every routed host, because a wildcard stands for one label only", () => {
    const services = [
        routing("psra.example.com", "api.psra.example.com"),
        routing("api.ai.example.com", "ai.example.com"),
        routing(),
    ];
    expect(certificateNames({ domain: "example.com", services })).toEqual([
        "*.example.com",
        "example.com",
        "*.ai.example.com",
        "*.psra.example.com",
    ]);
});
