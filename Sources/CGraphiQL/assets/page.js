'use strict';

// The key stays in this tab: it is sent with each query and forgotten when the tab is closed.
(function () {
  var item = 'coffer.graphiql.key';
  var form = document.getElementById('key-form');
  var field = document.getElementById('key');
  var state = document.getElementById('state');

  function key() {
    return sessionStorage.getItem(item) || '';
  }

  function show() {
    state.textContent = key() ? 'A key is in use in this tab.' : 'Enter a TrustVault key to run queries.';
  }

  function fetcher(request) {
    var headers = { 'Accept': 'application/json', 'Content-Type': 'application/json' };
    if (key()) { headers['x-api-key'] = key(); }
    return fetch('/graphql', {
      method: 'POST',
      headers: headers,
      body: JSON.stringify(request),
      credentials: 'omit',
      cache: 'no-store'
    }).then(function (answer) { return answer.json(); });
  }

  function render(generation) {
    ReactDOM.render(
      React.createElement(GraphiQL, {
        key: generation,
        fetcher: fetcher,
        storage: sessionStorage,
        headerEditorEnabled: false,
        shouldPersistHeaders: false,
        defaultQuery: [
          '# What you hold now, in your own currency.',
          'query UserPortfolioQuery {',
          '  user {',
          '    portfolio {',
          '      items {',
          '        timestamp',
          '        total { value currency }',
          '        balances { items { amount { value currency } asset { name } } }',
          '      }',
          '    }',
          '  }',
          '}',
          ''
        ].join('\n')
      }),
      document.getElementById('graphiql')
    );
  }

  var generation = 0;

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    var text = field.value.trim();
    field.value = '';
    if (text) { sessionStorage.setItem(item, text); }
    show();
    // The schema is asked for again, now with the key.
    render(String(++generation));
  });

  document.getElementById('forget').addEventListener('click', function () {
    sessionStorage.removeItem(item);
    show();
  });

  show();
  render(String(generation));
})();
