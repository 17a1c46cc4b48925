# The reference application where nothing but the engine is there: compiled on it, and so for its processor. For strata's own tests
# on published images. `go.sum` pins the modules that it downloads.
ARG GOLANG
FROM ${GOLANG} AS build
ARG GOPROXY
ARG GOSUMDB
WORKDIR /src
COPY go.mod go.sum ./
RUN GOTOOLCHAIN=local go mod download
COPY *.go ./
RUN CGO_ENABLED=0 GOTOOLCHAIN=local go build -trimpath -buildvcs=false -mod=readonly -ldflags "-s -w" -o /reference-app .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /reference-app /reference-app
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/reference-app", "--healthcheck"]
ENTRYPOINT ["/reference-app"]
