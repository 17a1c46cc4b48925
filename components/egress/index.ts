export { Egress } from "./squid/egress";
