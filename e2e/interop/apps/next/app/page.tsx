import { HostedUI } from '../profile';
import { Members } from './members';

// Rendered on the server; what is inside of the components is the browser's.
export default function Page() {
  return (
    <main>
      <h1>App</h1>
      <Members />
      <HostedUI />
    </main>
  );
}
