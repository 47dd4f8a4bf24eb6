# One image for each process: `docker build --target comments -t parley-comments .`
# Targets: gateway (the last, so the default), posts, comments, query, moderation; `development` is for docker-compose.dev.yml.

# All packages. Only a change to package.json or package-lock.json installs anew. better-sqlite3 is compiled here where its
# prebuilt binary cannot be fetched, and add-ons compiled with the headers of Node 24.19 and later abort in garbage
# collection (nodejs/node#65446): they get the header as it was before, and the result is tried.
FROM node:24-bookworm AS modules
WORKDIR /parley
COPY package.json package-lock.json ./
RUN header=$(find /usr/local -path '*/include/node/node_object_wrap.h') \
  && sed -i '/EnvironmentCleanupHook(v8::Isolate::GetCurrent/d' "$header" \
  && npm_config_nodedir=${header%/include/node/*} npm ci --no-audit --no-fund
COPY infra/containers/sqlite-survives-gc.mjs ./
RUN node sqlite-survives-gc.mjs

# What runs in production, without what only developers read. Licences stay.
FROM modules AS production-modules
RUN npm prune --omit=dev --no-audit --no-fund \
  && rm -r node_modules/typeorm/browser node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  && find node_modules/better-sqlite3/build -type f ! -name better_sqlite3.node -delete \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \
    -o -iname 'readme*' -o -iname 'changelog*' -o -iname 'history.md' \) -delete \
  && find node_modules -type d -empty -delete \
  # The gateway has no database: the drivers become a layer of their own.
  && mkdir -p /drivers/node_modules && cd node_modules \
  && mv better-sqlite3 bindings file-uri-to-path pg pg-* /drivers/node_modules/

FROM modules AS services
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY tools tools
RUN npm run build:services

FROM services AS production-services
RUN find dist -name '*.map' -delete

# Sees only what the page is made of, so that a change to a service does not build it again.
FROM modules AS client
COPY tsconfig.json ./
COPY apps/client apps/client
COPY libs/contracts libs/contracts
RUN npm run build:client

# What compiles in docker-compose.dev.yml. As root, to whom Compose can copy changed sources with every version of Docker.
FROM services AS development
COPY --from=client /parley/dist/client dist/client

FROM node:24-bookworm-slim AS runtime
WORKDIR /parley
# Where SQLite files live. A named volume mounted here takes over the owner.
RUN mkdir /data && chown 1000:1000 /data
COPY --from=production-modules /parley/node_modules node_modules
COPY package.json infra/containers/healthcheck.mjs ./
ENV NODE_ENV=production HOST=0.0.0.0
HEALTHCHECK --interval=5s --timeout=10s --start-period=60s --retries=6 CMD ["node", "healthcheck.mjs"]
# The user node, as a number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
LABEL org.opencontainers.image.licenses=MIT org.opencontainers.image.vendor=Parley

FROM runtime AS service
COPY --from=production-modules /drivers/node_modules node_modules
COPY --from=production-services /parley/dist/libs dist/libs

FROM service AS posts
COPY --from=production-services /parley/dist/apps/posts dist/apps/posts
ENV PORT=4000 DATABASE_URL=sqlite:/data/posts.db
EXPOSE 4000
CMD ["node", "dist/apps/posts/src/main.js"]
LABEL org.opencontainers.image.title="Parley: posts"

FROM service AS comments
COPY --from=production-services /parley/dist/apps/comments dist/apps/comments
ENV PORT=4001 DATABASE_URL=sqlite:/data/comments.db
EXPOSE 4001
CMD ["node", "dist/apps/comments/src/main.js"]
LABEL org.opencontainers.image.title="Parley: comments"

FROM service AS query
# To back the event log up, and to fill it again.
COPY --from=production-services /parley/dist/tools dist/tools
COPY --from=production-services /parley/dist/apps/query dist/apps/query
ENV PORT=4002 DATABASE_URL=sqlite:/data/query.db
EXPOSE 4002
CMD ["node", "dist/apps/query/src/main.js"]
LABEL org.opencontainers.image.title="Parley: query"

FROM service AS moderation
COPY --from=production-services /parley/dist/apps/moderation dist/apps/moderation
ENV PORT=4003 DATABASE_URL=sqlite:/data/moderation.db
EXPOSE 4003
CMD ["node", "dist/apps/moderation/src/main.js"]
LABEL org.opencontainers.image.title="Parley: moderation"

FROM runtime AS gateway
COPY --from=production-services /parley/dist/libs dist/libs
COPY --from=client /parley/dist/client dist/client
COPY --from=production-services /parley/dist/apps/gateway dist/apps/gateway
ENV PORT=3000
EXPOSE 3000
CMD ["node", "dist/apps/gateway/src/main.js"]
LABEL org.opencontainers.image.title="Parley: gateway"
