# The probe where nothing but the engine is there: compiled on it, and so for its processor. Needs no network, as the program
# uses nothing but Go's own library.
ARG GOLANG
FROM ${GOLANG} AS build
WORKDIR /src
COPY go.mod *.go ./
RUN CGO_ENABLED=0 GOTOOLCHAIN=local go build -trimpath -buildvcs=false -ldflags "-s -w" -o /probe .

FROM scratch
COPY --from=build /probe /usr/local/bin/probe
ENV PATH=/usr/local/bin
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/probe"]
