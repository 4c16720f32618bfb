/** Temporal publishes the test server with its Java SDK; this release is the one that our tests were written against. */
export const testServerVersion = '1.32.0'

export const mavenProject = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pimflow</groupId>
  <artifactId>time-skipping-test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${testServerVersion}</version>
    </dependency>
  </dependencies>
</project>
`

/**
 * What io.temporal.testserver.TestServer does, with two differences: it listens on loopback, and it ends with the process that
 * started it, also when that one was killed.
 */
export const loopbackServerSource = `
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.net.InetSocketAddress;

public class LoopbackTestServer {
  public static void main(String[] args) throws Exception {
    if (args.length < 1 || args.length > 2) {
      System.out.println("Usage: <command> <port> [--enable-time-skipping]");
      return;
    }
    ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
    boolean skipping = args.length == 2 && args[1].equals("--enable-time-skipping");
    TestServicesStarter services = new TestServicesStarter(!skipping, 0L);
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address);
    GRPCServerHelper.registerServicesAndHealthChecks(services.getServices(), builder);
    builder.build().start().awaitTermination();
  }
}
`

/** The flags shorten the start, which the SDK waits for no longer than five seconds. */
export const startScript = (mainClass: string): string => `#!/bin/sh
home="$(dirname "$0")/temporal-test-server-${testServerVersion}"
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$home/classes:$home/lib/*" ${mainClass} "$@"
`
