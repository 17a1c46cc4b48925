export { Edge } from "./traefik";
